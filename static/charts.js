// Draws the charts from the figures that the page holds; the tables of the page say the same without it.
"use strict";

(() => {
  const INK = "#1b2430", SOFT = "#4b5767", LINE = "#d3dae3";
  const FONT = getComputedStyle(document.body).fontFamily;
  const tooltip = { renderMode: "richText", confine: true, textStyle: { fontFamily: FONT } }; // no markup, so no inline styles
  const shared = { animation: false, textStyle: { fontFamily: FONT, color: INK } };
  // What the clock of Shanghai shows, drawn as if it were universal time: the zone of this browser plays no part.
  const instant = (local) => Date.parse(`${local}Z`);
  const isNarrow = () => window.innerWidth < 720;

  // One curve above the other, each with a scale of its own: reads would press posts flat. The same lines cross all of them.
  function heat(data) {
    const colours = ["#a31515", "#124f94", "#5b2a86"], shapes = ["circle", "triangle", "rect"];
    const TOP = 84, HIGH = 90, STEP = 148;
    const time = { type: "time", ...reach(data), axisLabel: { color: SOFT, hideOverlap: true } };
    return {
      ...shared,
      useUTC: true,
      tooltip: { ...tooltip, trigger: "axis" },
      axisPointer: { link: [{ xAxisIndex: "all" }] },
      grid: data.series.map((_, number) => ({ left: 70, right: 24, top: TOP + number * STEP, height: HIGH })),
      xAxis: data.series.map((_, number) => ({ ...time, gridIndex: number })),
      yAxis: data.series.map((line, number) => ({
        gridIndex: number, type: "value", min: 0, minInterval: 1, splitNumber: 3, name: line.name, nameGap: 10,
        nameTextStyle: { color: colours[number], fontSize: 15, fontWeight: 700, align: "right" },
        axisLabel: { color: SOFT }, splitLine: { lineStyle: { color: LINE } },
      })),
      series: data.series.map((line, number) => ({
        type: "line", name: line.name, xAxisIndex: number, yAxisIndex: number, symbol: shapes[number], symbolSize: 9,
        lineStyle: { width: 2.5 }, color: colours[number], data: line.points.map(([at, count]) => [instant(at), count]),
        markLine: { symbol: "none", silent: number > 0, lineStyle: { color: SOFT, type: "dashed" }, data: data.marks.map((mark) => markOf(mark, number)) },
      })),
    };
  }

  // Over the topmost curve stand the numbers, in three heights, so that neighbours do not cover each other.
  function markOf(mark, number) {
    const label = { show: !number, position: "end", distance: 4 + ((mark.number - 1) % 3) * 17, formatter: String(mark.number), color: INK, fontSize: 14, fontWeight: 700 };
    return { xAxis: instant(mark.at), name: mark.name, label, tooltip: { formatter: `${mark.number} ${mark.name}` } };
  }

  // From the first to the last thing shown, and a little air on both sides.
  function reach(data) {
    const found = [...data.marks.map((mark) => mark.at), ...data.series.flatMap((line) => line.points.map(([at]) => at))].map(instant);
    const air = Math.max(600000, (Math.max(...found) - Math.min(...found)) * 0.02);
    return { min: Math.min(...found) - air, max: Math.max(...found) + air };
  }

  function performanceOf(data) {
    const looks = { on_time: { color: "#176b35" }, late: { color: "#d9a400", decal: "/" }, missing: { color: "#4a1259", decal: "x" } };
    return {
      ...shared,
      tooltip: { ...tooltip, trigger: "axis", axisPointer: { type: "shadow" } },
      legend: { top: 0, textStyle: { color: INK, fontSize: 14 } },
      grid: { left: 8, right: 24, top: 40, bottom: 8, containLabel: true },
      xAxis: { type: "value", minInterval: 1, axisLabel: { color: SOFT } },
      yAxis: { type: "category", inverse: true, data: data.units, axisLabel: { color: INK, fontSize: isNarrow() ? 12 : 14, width: isNarrow() ? 90 : 180, overflow: "truncate" } },
      series: data.series.map((part) => ({
        type: "bar", stack: "all", name: part.name, barMaxWidth: 26, data: part.counts, color: looks[part.part].color,
        label: { show: true, color: part.part === "late" ? INK : "#fff", formatter: ({ value }) => (value ? String(value) : "") },
        itemStyle: { borderColor: "#fff", borderWidth: 1 },
      })),
    };
  }

  const kinds = { heat, performance: performanceOf };
  for (const figure of document.querySelectorAll("[data-chart]")) {
    const data = JSON.parse(document.getElementById(figure.dataset.chart).textContent);
    figure.classList.add("is-drawn");
    const place = figure.querySelector(".chart");
    const units = data.units?.length || 0;
    const chart = echarts.init(place, null, { renderer: "canvas", height: units ? Math.max(220, 90 + units * 44) : undefined });
    if (units) place.style.height = `${Math.max(220, 90 + units * 44)}px`;
    chart.setOption(kinds[data.kind](data));
    addEventListener("resize", () => { chart.resize(); chart.setOption(kinds[data.kind](data)); });
  }
})();
