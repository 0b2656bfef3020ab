// Prints "N passed, N failed" from vitest's JSON report; a failure outside the tests counts as one.
import { readFileSync } from 'node:fs'

const [reportPath, failure] = process.argv.slice(2)
const report = JSON.parse(readFileSync(reportPath, 'utf8'))
const failed = report.numFailedTests || Number(failure !== '0')
console.log(`${report.numPassedTests} passed, ${failed} failed`)
