import { IdentitySection } from './IdentitySection.tsx';
import { PasskeySection } from './PasskeySection.tsx';
import { PasswordSection } from './PasswordSection.tsx';
import { SecondFactorSection } from './SecondFactorSection.tsx';
import { SessionSection } from './SessionSection.tsx';
import { WorkspaceSection } from './WorkspaceSection.tsx';

export default function SecurityPage() {
  return (
    <>
      <PasswordSection />
      <SecondFactorSection />
      <PasskeySection />
      <IdentitySection />
      <SessionSection />
      <WorkspaceSection />
    </>
  );
}
