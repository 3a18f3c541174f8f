export { meaningConsumer, meaningJobs, meaningSchedules } from './jobs.ts';
export { enqueueAnew } from './learn.ts';
export { enqueueLearn } from './model-run.ts';
export { lettersOf, passagesOf, readable, type Source, sources } from './passages.ts';
export { forgetWords } from './queries.ts';
export { meaningRoutes } from './routes.ts';
export { searchByMeaning } from './search.ts';
export { wordsOf } from './words.ts';
