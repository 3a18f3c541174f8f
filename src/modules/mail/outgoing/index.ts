export { outgoingJobs } from './jobs.ts';
export { outgoingRoutes } from './routes.ts';
