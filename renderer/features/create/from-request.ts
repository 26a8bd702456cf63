import { sameJson } from '../docker/settings.ts';
import { type CreateForm, type CreateRequest, suggestedName, toRequest } from './form.ts';

/**
 * The form that asks for the same as a request that was edited as text; `name` is the one that is taken where none is typed.
 * Null where the form has no place for something in it: then the text stands for itself. Pure.
 */
export function fromRequest(form: CreateForm, request: CreateRequest, name: string): CreateForm | null {
  const { spec } = request;
  if (form.source !== 'container' || spec.driver !== 'docker') return null;
  const next: CreateForm = {
    ...form,
    name: spec.name,
    vcpus: spec.resources?.vcpus ?? null,
    memoryBytes: spec.resources?.memoryBytes ?? null,
    labels: Object.entries(spec.labels ?? {})
      .map(([key, value]) => (value === '' ? key : `${key}=${value}`))
      .join(' '),
    restart: spec.restart ?? 'no',
    autostart: spec.autostart ?? false,
    docker: spec.settings ?? {},
    start: request.start,
  };
  // The name that is suggested follows the image; while a text is edited it has to stay as it stands there.
  if (spec.name === name && suggestedName(next) === suggestedName(form)) next.name = '';
  return sameJson(toRequest(next, name), request) ? next : null;
}
