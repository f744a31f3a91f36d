// Styles of the Vant components that the screens use; the components are imported where they are used.
import 'vant/es/button/style';
import 'vant/es/cell/style';
import 'vant/es/cell-group/style';
import 'vant/es/field/style';
import 'vant/es/loading/style';
import 'vant/es/popup/style';
import 'vant/es/progress/style';
import 'vant/es/slider/style';
import 'vant/es/tag/style';
