import { createInstance, type i18n } from 'i18next';
import { initReactI18next } from 'react-i18next';
import common from './en/common.json' with { type: 'json' };
import compare from './en/compare.json' with { type: 'json' };
import create from './en/create.json' with { type: 'json' };
import display from './en/display.json' with { type: 'json' };
import docker from './en/docker.json' with { type: 'json' };
import doctor from './en/doctor.json' with { type: 'json' };
import files from './en/files.json' with { type: 'json' };
import filters from './en/filters.json' with { type: 'json' };
import foreign from './en/foreign.json' with { type: 'json' };
import groups from './en/groups.json' with { type: 'json' };
import images from './en/images.json' with { type: 'json' };
import jobs from './en/jobs.json' with { type: 'json' };
import keys from './en/keys.json' with { type: 'json' };
import list from './en/list.json' with { type: 'json' };
import palette from './en/palette.json' with { type: 'json' };
import paths from './en/paths.json' with { type: 'json' };
import removal from './en/removal.json' with { type: 'json' };
import settings from './en/settings.json' with { type: 'json' };
import shell from './en/shell.json' with { type: 'json' };
import stores from './en/stores.json' with { type: 'json' };
import workload from './en/workload.json' with { type: 'json' };

/** The texts of the window by feature. A translation is one more of these. */
export const english = {
  common,
  compare,
  create,
  display,
  docker,
  doctor,
  files,
  filters,
  foreign,
  groups,
  images,
  jobs,
  keys,
  list,
  palette,
  paths,
  removal,
  settings,
  shell,
  stores,
  workload,
};

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
