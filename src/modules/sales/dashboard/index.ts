export { areSeveralPeriods, todayIn } from './periods.ts';
export { dashboardRoutes } from './routes.ts';
export { cachedDashboard } from './service.ts';
