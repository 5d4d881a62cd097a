/** The texts of the site: English, and two pseudo-locales that show where a text does not go through i18next. */
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import admin from './en/admin.json';
import common from './en/common.json';
import research from './en/research.json';
import work from './en/work.json';
import { pseudoTexts } from './pseudo';

export const english = { common, work, research, admin };
export type Language = 'en' | 'pseudo' | 'pseudo-rtl';

const STORED = 'concord.language';
const SHOW_PSEUDO = 'concord.pseudo';

/** Pseudo-locales are offered in development, and wherever an address with ?pseudo=1 was opened once. */
export function languages(): Language[] {
  if (new URLSearchParams(window.location.search).has('pseudo')) localStorage.setItem(SHOW_PSEUDO, '1');
  const tester = import.meta.env.DEV || localStorage.getItem(SHOW_PSEUDO) !== null;
  return tester ? ['en', 'pseudo', 'pseudo-rtl'] : ['en'];
}

export function chooseLanguage(language: Language): void {
  if (language !== 'en' && !i18next.hasResourceBundle(language, 'common')) {
    for (const [namespace, texts] of Object.entries(english)) {
      i18next.addResourceBundle(language, namespace, pseudoTexts(texts));
    }
  }
  localStorage.setItem(STORED, language);
  document.documentElement.lang = language === 'en' ? 'en' : 'en-x-pseudo';
  document.documentElement.dir = language === 'pseudo-rtl' ? 'rtl' : 'ltr';
  void i18next.changeLanguage(language);
}

export function startTexts(): void {
  void i18next.use(initReactI18next).init({
    resources: { en: english },
    lng: 'en',
    fallbackLng: 'en',
    defaultNS: 'common',
    ns: ['common', 'work', 'research', 'admin'],
    initAsync: false,
    interpolation: { escapeValue: false }, // React escapes
  });
  const stored = localStorage.getItem(STORED) as Language | null;
  chooseLanguage(stored && languages().includes(stored) ? stored : 'en');
}
