import { lazyPart } from '../../text/lazy.ts';

export const loadForm = () => import('./RecordFormDialog.tsx');
export const LazyRecordForm = lazyPart(loadForm);
