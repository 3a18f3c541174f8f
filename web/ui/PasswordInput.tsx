import { Eye, EyeOff } from 'lucide-react';
import { useState } from 'react';
import { t } from '../text/text.ts';
import { Input } from './Input.tsx';

interface PasswordInputProps {
  value: string;
  onChange: (value: string) => void;
  autoComplete: 'current-password' | 'new-password';
}

export function PasswordInput({ value, onChange, autoComplete }: PasswordInputProps) {
  const [shown, setShown] = useState(false);
  return (
    <div className="relative">
      <Input
        type={shown ? 'text' : 'password'}
        autoComplete={autoComplete}
        value={value}
        onValueChange={onChange}
        className="pe-9"
      />
      <button
        type="button"
        aria-label={shown ? t('Hide the password') : t('Show the password')}
        aria-pressed={shown}
        onClick={() => setShown(!shown)}
        className="absolute top-1/2 end-1 inline-flex size-7 -translate-y-1/2 items-center justify-center rounded-sm text-muted hover:text-ink"
      >
        {shown ? <EyeOff size={14} /> : <Eye size={14} />}
      </button>
    </div>
  );
}
