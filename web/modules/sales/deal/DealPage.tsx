import { RecordPage } from '../../../record/RecordPage.tsx';
import { deal } from './definition.ts';

export default function DealPage() {
  return <RecordPage definition={deal} />;
}
