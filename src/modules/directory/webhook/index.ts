export { webhookConsumer } from './consumer.ts';
export { webhookJobs } from './jobs.ts';
export { webhookRoutes } from './routes.ts';
