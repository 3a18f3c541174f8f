import type { ListForm } from '../../../record/forms/listForm.ts';
import { RecordListPage } from '../../../record/RecordListPage.tsx';
import { deal } from './definition.ts';
import { useNewDeal } from './pipelines.ts';

export default function DealTablePage({ as }: { as: ListForm | undefined }) {
  return <RecordListPage definition={deal} as={as} start={useNewDeal()} />;
}
