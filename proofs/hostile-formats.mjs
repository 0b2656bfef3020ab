// The real files that are damaged, by format; each is small, and was written by a program other than Temper.
import { readdirSync } from 'node:fs'

const all = (folder, test) =>
  readdirSync(`test/golden/data/${folder}`)
    .filter(name => test.test(name))
    .map(name => `${folder}/${name}`)

/** `inFolder`: opened as a folder with one file in it. */
export const formats = {
  JPEG: { seeds: all('images', /\.jpg$/), inFolder: true },
  PNG: { seeds: all('images', /^(?!large).*\.png$/), inFolder: true },
  WebP: { seeds: all('images', /\.webp$/), inFolder: true },
  WAV: { seeds: all('wav', /^(?!band).*\.wav$/), inFolder: true },
  FLAC: { seeds: all('flac', /\.flac$/), inFolder: true },
  NPY: { seeds: all('numpy', /\.npy$/) },
  NPZ: { seeds: all('numpy', /\.npz$/) },
  IDX: { seeds: all('idx', /ubyte(\.gz)?$/), inFolder: true },
  CIFAR: { seeds: all('cifar', /\.bin$/), inFolder: true },
  CSV: {
    seeds: all('tables', /\.(csv|tsv)$/),
    options: { group: 'patient', onBadSample: 'skip' },
  },
  parquet: { seeds: all('.', /^parquet-.*\.parquet$/).concat(all('parquet', /\.parquet$/)) },
}
