import { RecordPage } from '../../../record/RecordPage.tsx';
import { contact } from './definition.ts';

export default function ContactPage() {
  return <RecordPage definition={contact} />;
}
