export { deleteTenant } from './delete.ts';
export {
  type DoomedTenant,
  findDoomed,
  holdOffDeletions,
  readContents,
  refuseDeleted,
  refuseDoubtful,
} from './find.ts';
