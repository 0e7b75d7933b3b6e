// Steps through the events of the page. Everything it shows is in the page already; without it nothing is missing.
(() => {
  'use strict';
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => Array.from(root.querySelectorAll(selector));

  // --- copying
  const copy = (source) => {
    const range = document.createRange();
    range.selectNodeContents(source);
    const selection = getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    if (navigator.clipboard) return navigator.clipboard.writeText(source.textContent);
    return document.execCommand('copy') ? Promise.resolve() : Promise.reject();
  };
  for (const button of $$('button[data-copy]')) {
    const words = button.textContent;
    const say = (text) => { button.textContent = text; setTimeout(() => { button.textContent = words; }, 1500); };
    button.hidden = false;
    button.addEventListener('click', () => copy($(button.dataset.copy)).then(() => say('copied'), () => say('selected')));
  }

  // --- events
  const rows = $$('#events tbody tr');
  const bar = $('#stepper');
  if (!rows.length || !bar) return;
  bar.hidden = false;
  const live = $('.live', bar);
  const slider = $('input[type=range]', bar);
  const filter = $('input[type=search]', bar);
  const picture = $('#space-time .scroll');
  const place = new Map(rows.map((row, i) => [row.id, i]));
  slider.max = rows.length - 1;
  let now = -1;
  let ring = null;

  const marksOf = (row) => $$(`#space-time [data-e="${row.id.slice(1)}"]`);

  const showInPicture = (row) => {
    if (ring) ring.remove();
    const mark = marksOf(row)[0];
    if (!mark) return;
    const sign = Array.from(mark.children).filter((part) => part.tagName !== 'title' && part.tagName !== 'text').pop();
    const box = sign.getBBox();
    ring = document.createElementNS('http://www.w3.org/2000/svg', 'circle');
    const values = { cx: box.x + box.width / 2, cy: box.y + box.height / 2, r: 13, fill: 'none', stroke: 'currentColor',
      'stroke-width': 2.5 };
    for (const [key, value] of Object.entries(values)) ring.setAttribute(key, value);
    mark.ownerSVGElement.append(ring);
    const visible = values.cx > picture.scrollLeft + 20 && values.cx < picture.scrollLeft + picture.clientWidth - 20;
    picture.scrollTo({ top: values.cy - picture.clientHeight / 2,
      left: visible ? picture.scrollLeft : values.cx - picture.clientWidth / 2 });
  };

  const sentence = (row) => {
    const cells = Array.from(row.cells, (cell) => cell.textContent.trim());
    return `event ${cells[0]}: ${cells[1]} ${cells[2]} ${cells[3]}${cells[4] ? ', ' + cells[4] : ''}`;
  };

  const select = (i, keepHash) => {
    if (i < 0 || i >= rows.length) return;
    if (now >= 0) rows[now].classList.remove('now');
    now = i;
    const row = rows[now];
    row.classList.add('now');
    const frame = row.closest('.scroll');
    frame.scrollTop = row.offsetTop - frame.clientHeight / 2;
    live.textContent = sentence(row);
    slider.value = now;
    slider.setAttribute('aria-valuetext', live.textContent);
    showInPicture(row);
    if (!keepHash) history.replaceState(null, '', '#' + row.id);
  };

  const find = (from, step, wanted) => {
    for (let i = from + step; i >= 0 && i < rows.length; i += step) {
      if (!rows[i].hidden && wanted(rows[i])) return i;
    }
    return -1;
  };
  const move = (step) => {
    const from = now < 0 && step < 0 ? rows.length : now;
    select(find(from, step, () => true));
  };
  const jump = (kind, step) => {
    const wanted = (row) => (row.dataset.k || '').includes(kind);
    const from = now < 0 && step < 0 ? rows.length : now;
    const found = find(from, step, wanted);
    if (found >= 0) select(found);
    else live.textContent = step > 0 ? 'none after this' : 'none before this';
  };
  const first = () => select(find(-1, 1, () => true));
  const last = () => select(find(rows.length, -1, () => true));

  filter.addEventListener('input', () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
      if (!row.hidden) ++shown;
    }
    live.textContent = `${shown} of ${rows.length} events`;
  });
  slider.addEventListener('input', () => select(Number(slider.value)));

  const actions = {
    first, last, back: () => move(-1), forward: () => move(1),
    violation: () => jump('v', 1), fault: () => jump('f', 1), checkpoint: () => jump('c', 1), restore: () => jump('r', 1),
  };
  bar.addEventListener('click', (event) => {
    const button = event.target.closest('button[data-do]');
    if (button) actions[button.dataset.do]();
  });

  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest('input, textarea, summary')) return;
    const key = event.key;
    const lower = key.toLowerCase();
    if (key === 'ArrowRight' || key === 'j') move(1);
    else if (key === 'ArrowLeft' || key === 'k') move(-1);
    else if (key === 'Home') first();
    else if (key === 'End') last();
    else if (key === '/') filter.focus();
    else if (lower.length === 1 && 'vfcr'.includes(lower)) jump(lower, key === lower ? 1 : -1);
    else return;
    event.preventDefault();
  });

  $('#events tbody').addEventListener('click', (event) => {
    const row = event.target.closest('tr');
    if (row) select(place.get(row.id));
  });
  if (picture) {
    picture.addEventListener('click', (event) => {
      const mark = event.target.closest('[data-e]');
      if (mark && place.has('e' + mark.dataset.e)) select(place.get('e' + mark.dataset.e));
    });
  }
  const fromHash = () => { if (place.has(location.hash.slice(1))) select(place.get(location.hash.slice(1)), true); };
  addEventListener('hashchange', fromHash);
  if (place.has(location.hash.slice(1))) fromHash();
  else if (place.has(bar.dataset.start)) select(place.get(bar.dataset.start), true);
})();
