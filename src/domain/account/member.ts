// Types of members: persons who use the console, their roles and preferences. Used by the members services and their tables.

export type MemberRole = 'owner' | 'editor' | 'viewer';

export interface Preferences {
  readonly theme: 'system' | 'light' | 'dark';
  readonly density: 'compact' | 'comfortable';
  /** Zone of the times that are shown: of the browser, UTC, or of the account. */
  readonly timeDisplay: 'local' | 'utc' | 'account';
  /** Shortcuts of single letters. */
  readonly hasKeys: boolean;
}

export const defaultPreferences: Preferences = {
  theme: 'system',
  density: 'compact',
  timeDisplay: 'local',
  hasKeys: true,
};

export interface Member {
  readonly id: number;
  /** Null: an operator who has chosen none yet. */
  readonly email: string | null;
  readonly name: string;
  readonly isOperator: boolean;
  readonly language: 'en' | 'fr' | null;
  readonly preferences: Preferences;
  readonly hasPassword: boolean;
  readonly hasTotp: boolean;
  readonly createdAtMs: number;
}

export interface Membership {
  readonly serviceName: string;
  readonly name: string;
  readonly role: MemberRole | 'operator';
}
