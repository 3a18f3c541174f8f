export { threadChangeRoutes } from './routes.ts';
