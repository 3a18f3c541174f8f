import { ConfirmProvider } from './confirm.tsx';
import { PasskeySection } from './PasskeySection.tsx';
import { PasswordSection } from './PasswordSection.tsx';
import { SecondFactorSection } from './SecondFactorSection.tsx';
import { SessionSection } from './SessionSection.tsx';

export default function SecurityPage() {
  return (
    <ConfirmProvider>
      <PasswordSection />
      <SecondFactorSection />
      <PasskeySection />
      <SessionSection />
    </ConfirmProvider>
  );
}
