import { RecordListPage } from '../../../record/RecordListPage.tsx';
import { company } from './definition.ts';

export default function CompanyListPage() {
  return <RecordListPage definition={company} />;
}
