/** The inside of the child process that decodes Parquet files. */
import { serveActs } from '../../supervise/index.js'
import {
  type DescribePayload,
  describe,
  type NumbersPayload,
  numbers,
  type UnpackPayload,
  unpack,
} from './read.js'

serveActs({
  describe: payload => describe(payload as DescribePayload),
  unpack: payload => unpack(payload as UnpackPayload),
  numbers: payload => numbers(payload as NumbersPayload),
})
