export { changeJobs, type ImportReversal, type ReversalEnd, whenChangeDropped } from './jobs.ts';
export { isReversalLost, startImportReversal } from './reversal.ts';
export { changeRoutes } from './routes.ts';
