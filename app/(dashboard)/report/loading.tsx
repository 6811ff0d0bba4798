export { ReportSkeleton as default } from '@/components/page-skeletons'
