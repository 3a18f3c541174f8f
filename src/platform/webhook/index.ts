export { webhookConsumer } from './consumer.ts';
export { webhookJobs } from './jobs.ts';
export { type OutboundFetch, post } from './post.ts';
export { webhookRoutes } from './routes.ts';
export { retryWaitMs } from './schedule.ts';
export { resumeWebhooks } from './sender.ts';
export { refuseUnsafe } from './service.ts';
export { makeSecret, signedHeaders } from './signature.ts';
export { sealStoredDeliveries } from './stored.ts';
