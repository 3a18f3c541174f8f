export { insightConsumer } from './consumer.ts';
export { insightRoutes } from './routes.ts';
