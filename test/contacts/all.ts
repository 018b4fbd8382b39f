import { runFolder } from '../run-folder.ts'

runFolder(import.meta.dirname)
