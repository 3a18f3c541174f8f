export { meaningConsumer, meaningJobs, meaningSchedules } from './jobs.ts';
export { enqueueLearn } from './learn.ts';
export { meaningRoutes } from './routes.ts';
export { searchByMeaning } from './search.ts';
