export { scoreTask, scoringJobs } from './jobs.ts';
export { routes } from './routes.ts';
