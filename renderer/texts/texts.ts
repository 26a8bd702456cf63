import { createInstance, type i18n } from 'i18next';
import { initReactI18next } from 'react-i18next';
import common from './en/common.json' with { type: 'json' };

/** The texts of the window by feature. A translation is one more of these. */
export const english = { common };

/** Prepares the texts; the language follows the system where there is a translation. */
export async function loadTexts(language: string): Promise<i18n> {
  const texts = createInstance();
  await texts.use(initReactI18next).init({
    lng: language,
    fallbackLng: 'en',
    resources: { en: english },
    defaultNS: 'common',
    // React escapes by itself.
    interpolation: { escapeValue: false },
  });
  return texts;
}
