import type { Page } from 'playwright';

/**
 * What a screen reader or a keyboard would stumble over in the page as it stands: controls without a name, positive
 * tabindex, ids that stand twice, pictures without a text, headings that skip a level within their part of the page.
 * Each as a line that names the element.
 */
export function accessibilityFaults(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const faults: string[] = [];
    const told = (element: Element) => element.outerHTML.replace(/\s+/g, ' ').slice(0, 140);
    // What is hidden from all, or from readers alone, has to be neither named nor ordered.
    const seen = (element: Element) =>
      element.closest('[aria-hidden=true], [hidden], [inert]') === null && element.getClientRects().length > 0;
    const textOf = (ids: string | null) =>
      (ids ?? '')
        .split(/\s+/)
        .map((id) => (id === '' ? '' : (document.getElementById(id)?.textContent ?? '')))
        .join('');
    const nameOf = (element: Element) => {
      const labels = 'labels' in element ? [...((element as HTMLInputElement).labels ?? [])] : [];
      return [
        element.getAttribute('aria-label') ?? '',
        textOf(element.getAttribute('aria-labelledby')),
        ...labels.map((label) => label.textContent),
        element.matches('input, select, textarea, [role=listbox], [role=grid], [role=slider]')
          ? ''
          : element.textContent,
        element.getAttribute('title') ?? '',
      ]
        .join('')
        .trim();
    };
    const controls =
      'button, a[href], input:not([type=hidden]), select, textarea, [role=button], [role=slider], [role=listbox], ' +
      '[role=grid], [role=tab], [role=option], [role=separator][tabindex], [role=radiogroup], [role=dialog], [role=toolbar]';
    for (const element of document.querySelectorAll(controls)) {
      // The terminal's own field, which it names itself.
      if (seen(element) && element.closest('.xterm') === null && nameOf(element) === '')
        faults.push(`no name: ${told(element)}`);
    }
    for (const element of document.querySelectorAll('[tabindex]')) {
      if (Number(element.getAttribute('tabindex')) > 0 && element.closest('.xterm') === null)
        faults.push(`tabindex: ${told(element)}`);
    }
    const ids = [...document.querySelectorAll('[id]')].map((element) => element.id);
    for (const id of new Set(ids.filter((one, at) => ids.indexOf(one) !== at))) faults.push(`id stands twice: ${id}`);
    for (const image of document.querySelectorAll('img:not([alt]), [role=img]:not([aria-label])'))
      faults.push(`no text: ${told(image)}`);
    for (const part of document.querySelectorAll('nav, main, [role=dialog]')) {
      let last = 1;
      for (const heading of part.querySelectorAll('h1, h2, h3, h4, h5, h6')) {
        if (!seen(heading)) continue;
        const level = Number(heading.tagName.slice(1));
        if (level > last + 1) faults.push(`heading skips a level: ${told(heading)}`);
        last = level;
      }
    }
    return faults;
  });
}
