import type { LucideIcon } from 'lucide-react';
import { createContext } from 'react';

/** The icon of the section that is open. */
export const SectionIcon = createContext<LucideIcon | undefined>(undefined);
