export { scoreConsumer } from './consumers.ts';
export { scoringJobs, scoringSchedules } from './jobs.ts';
export { routes } from './routes.ts';
