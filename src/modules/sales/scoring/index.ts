export { scoreConsumer } from './consumers.ts';
export { scoringJobs, scoringSchedules } from './jobs.ts';
export { refreshAll as refreshScores } from './refresh.ts';
export { routes } from './routes.ts';
