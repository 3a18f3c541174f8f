import type { ReactNode } from 'react';
import { RecordListPage } from '../../../record/RecordListPage.tsx';
import { deal } from './definition.ts';

export default function DealTablePage({ actions }: { actions: ReactNode }) {
  return <RecordListPage definition={deal} actions={actions} />;
}
