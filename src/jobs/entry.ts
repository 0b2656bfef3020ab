/** The inside of every child process: the one table from names to acts. */
import { serveActs } from '../supervise/index.js'
import { acts } from './acts.js'

serveActs(acts)
