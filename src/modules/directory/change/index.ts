export { changeJobs, type ReversalEnd } from './jobs.ts';
export { startImportReversal } from './reversal.ts';
export { changeRoutes } from './routes.ts';
