export { dashboardRoutes } from './routes.ts';
export { cachedDashboard } from './service.ts';
