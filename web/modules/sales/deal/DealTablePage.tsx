import type { ReactNode } from 'react';
import { RecordListPage } from '../../../record/RecordListPage.tsx';
import { deal } from './definition.ts';
import { useNewDeal } from './pipelines.ts';

export default function DealTablePage({ actions }: { actions: ReactNode }) {
  return <RecordListPage definition={deal} actions={actions} start={useNewDeal()} />;
}
