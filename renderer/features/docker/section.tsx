import { ChevronRight } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { DockerForm } from './docker-form.ts';
import { type SectionName, sectionOf, setIn } from './sections.ts';
import { objectAt, wordsAt } from './settings.ts';
import { joinWords } from './words.ts';

/** A folded part of the form. Its line names what is set in it; it opens by itself for an error. */
export function Section(props: { form: DockerForm; name: SectionName; children: ReactNode }) {
  const { t } = useTranslation('docker');
  const { form, name } = props;
  const check = objectAt(form.settings, 'healthCheck');
  const set = setIn(name, form.settings)
    .map((key) => (key === 'healthCheck' && check !== null ? joinWords(wordsAt(check, 'command')) : t(`field.${key}`)))
    .join(', ');
  const faulty = form.error !== null && sectionOf(form.error.path) === name;
  return (
    <details className="docker-section" open={faulty ? true : undefined}>
      <summary>
        <ChevronRight size={14} aria-hidden />
        <span className="docker-section-name">{t(`section.${name}`)}</span>
        <span className="docker-section-set truncate">{set === '' ? t(`sectionHint.${name}`) : set}</span>
      </summary>
      <div className="docker-section-body">{props.children}</div>
    </details>
  );
}
