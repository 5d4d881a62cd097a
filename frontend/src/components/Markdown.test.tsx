/** What Markdown makes of texts that mean well, and of texts that do not. */
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { Markdown } from './Markdown';

/** The element's inner HTML, without the names of style classes. */
function html(text: string): string {
  const markup = renderToStaticMarkup(<Markdown text={text} />).replace(/ class="[^"]*"/g, '');
  return markup.replace(/^<div dir="auto">|<\/div>$/g, '');
}

describe('Markdown', () => {
  it('shows words, lists, tables and code', () => {
    expect(html('One **two** _three_ `four` ~~five~~.')).toBe(
      '<p>One <strong>two</strong> <em>three</em> <code>four</code> <del>five</del>.</p>',
    );
    expect(html('- one\n- two\n\n3. three\n4. four')).toBe('<ul><li>one</li><li>two</li></ul><ol start="3"><li>three</li><li>four</li></ol>');
    expect(html('- one\n\n- two')).toBe('<ul><li><p>one</p></li><li><p>two</p></li></ul>');
    expect(html('- [x] done\n- [ ] open')).toBe('<ul><li>☑ done</li><li>☐ open</li></ul>');
    expect(html('| a | b |\n|---|--:|\n| 1 | 2 |')).toContain(
      '<table><thead><tr><th>a</th><th data-side="right">b</th></tr></thead><tbody><tr><td>1</td><td data-side="right">2</td></tr></tbody></table>',
    );
    expect(html('```python\nprint("<b>")\n```')).toContain('<code>print(&quot;&lt;b&gt;&quot;)</code>');
    expect(html('# Title\n\n> quoted\n\n---')).toBe('<p data-heading="1">Title</p><blockquote><p>quoted</p></blockquote><hr/>');
  });

  it('leads to the web and to mail, and nowhere else', () => {
    expect(html('[here](https://example.org/a)')).toBe(
      '<p><a href="https://example.org/a" target="_blank" rel="noreferrer noopener nofollow">here</a></p>',
    );
    expect(html('[there][1]\n\n[1]: https://example.org/b')).toContain('href="https://example.org/b"');
    expect(html('see https://example.org/c')).toContain('href="https://example.org/c"');
    for (const address of ['javascript:alert(1)', 'JaVaScRiPt:alert(1)', 'data:text/html,x', '/api/v1/session', 'vbscript:x']) {
      expect(html(`[here](${address})`)).toBe('<p>here</p>');
      expect(html(`[here][1]\n\n[1]: ${address}`)).toBe('<p>here</p>');
    }
  });

  it('shows HTML as the text that it is, and fetches no image', () => {
    expect(html('<script>alert(1)</script>')).toBe('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(html('a <img src=x onerror=alert(1)> b')).not.toContain('<img');
    expect(html('![a cat](https://example.org/cat.png)')).toBe('<p><span>🖼 a cat</span></p>');
  });

  it('leaves lone dollars alone', () => {
    expect(html('It costs $5, or $6.')).toBe('<p>It costs $5, or $6.</p>');
  });
});
