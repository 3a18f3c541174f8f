export { calendarFeedRoutes } from './routes.ts';
export { zonePart } from './zone.ts';
