import { parquet } from '../parquet/layout.js'
import { cifar } from './cifar.js'
import { classFolders, flatFiles } from './class-folders.js'
import { csv } from './csv.js'
import { idxFolder } from './idx-folder.js'
import { metadataFolder } from './metadata-table.js'
import { npyPair } from './npy-pair.js'
import { npz } from './npz.js'
import { onnxTestData } from './onnx-test-data.js'
import type { Format } from './place.js'
import { speechCommands } from './speech-commands.js'

/** Every layout that is recognised, the most particular first. */
export const formats: readonly Format[] = [
  idxFolder,
  npz,
  csv,
  parquet,
  npyPair,
  cifar,
  speechCommands,
  metadataFolder,
  onnxTestData,
  classFolders,
  flatFiles,
]
