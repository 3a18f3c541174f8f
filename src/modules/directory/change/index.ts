export { changeJobs } from './jobs.ts';
export { changeRoutes } from './routes.ts';
