import { useTranslation } from 'react-i18next';
import { SPLITS, USE_CASES } from '@/api/schemas';

/** Words for the values that the API names by key, also for ones that are not known here. */
export function useLabels() {
  const { t, i18n } = useTranslation('research');
  const { t: common } = useTranslation();
  return {
    split: (key: string): string => {
      const known = SPLITS.find((split) => split === key);
      return known ? t(`split.${known}`) : key;
    },
    useCase: (key: string): string => {
      const known = USE_CASES.find((useCase) => useCase === key);
      return known ? common(`useCase.${known}`) : key || common('useCase.none');
    },
    language: (key: string): string => {
      if (!key) return t('overview.noLanguage');
      try {
        const locale = i18n.language.startsWith('pseudo') ? 'en' : i18n.language;
        return new Intl.DisplayNames(locale, { type: 'language' }).of(key) ?? key;
      } catch {
        return key; // not a language tag
      }
    },
  };
}
