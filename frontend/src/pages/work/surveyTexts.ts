import i18next, { type TFunction } from 'i18next';

/** A survey's choice as a person reads it; the browser knows the countries' names. */
export function choiceLabel(t: TFunction<'beside'>, survey: string, question: string, choice: string): string {
  if (question === 'nationality') {
    const locale = i18next.language?.startsWith('pseudo') ? 'en' : (i18next.language ?? 'en');
    return new Intl.DisplayNames(locale, { type: 'region' }).of(choice) ?? choice;
  }
  const group = survey === 'satisfaction' ? 'agreement' : question;
  return t(`survey.choice.${group as 'gender'}.${choice as 'male'}`);
}
