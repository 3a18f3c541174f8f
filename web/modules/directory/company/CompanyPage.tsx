import { RecordPage } from '../../../record/RecordPage.tsx';
import { company } from './definition.ts';

export default function CompanyPage() {
  return <RecordPage definition={company} />;
}
