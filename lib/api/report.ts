import type { Report } from '../dgx/report/answers'
import { reportCsv } from '../dgx/report/csv'
import { reportMarkdown } from '../dgx/report/markdown'
import type { ReportQuery } from '../dgx/report/schema'
import { csvFile, textFile } from './text-file'

/** A report as data, as a document to read, or as a table to save. */
export function reportAnswer(format: ReportQuery['format'], report: Report): Report | Response {
  const name = `gpu-report-${report.from.slice(0, 10)}-to-${report.to.slice(0, 10)}`
  switch (format) {
    case 'json':
      return report
    case 'md':
      return textFile({ name: `${name}.md`, type: 'text/markdown', text: reportMarkdown(report) })
    case 'csv':
      return csvFile(`${name}.csv`, reportCsv(report))
  }
}
