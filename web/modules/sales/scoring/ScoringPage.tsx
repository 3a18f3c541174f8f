import { ModelSection } from './ModelSection.tsx';
import { RuleSection } from './RuleSection.tsx';

export default function ScoringPage() {
  return (
    <>
      <RuleSection />
      <ModelSection />
    </>
  );
}
