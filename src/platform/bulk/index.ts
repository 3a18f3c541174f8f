export { type BulkAction, bulkAction } from './action.ts';
export { recordActions } from './actions.ts';
