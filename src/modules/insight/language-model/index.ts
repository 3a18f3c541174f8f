export { languageModelJobs, languageModelSchedules } from './jobs.ts';
export { languageModelRoutes } from './routes.ts';
