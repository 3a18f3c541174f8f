export { type BulkAction, bulkAction, valuesOfKind } from './action.ts';
export { recordActions } from './actions.ts';
