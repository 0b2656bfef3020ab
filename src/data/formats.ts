import { classFolders, flatFiles } from './class-folders.js'
import { csv } from './csv.js'
import { idxFolder } from './idx-folder.js'
import { npz } from './npz.js'
import type { Format } from './place.js'

/** Every layout that is recognised, the most particular first. */
export const formats: readonly Format[] = [idxFolder, npz, csv, classFolders, flatFiles]
