import { RecordListPage } from '../../../record/RecordListPage.tsx';
import { contact } from './definition.ts';

export default function ContactListPage() {
  return <RecordListPage definition={contact} />;
}
